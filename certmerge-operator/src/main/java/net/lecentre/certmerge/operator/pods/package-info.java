/** Has the kubelets of pods that mount a target fetch it at once, as far as that is allowed. */
@NullMarked
package net.lecentre.certmerge.operator.pods;

import org.jspecify.annotations.NullMarked;
