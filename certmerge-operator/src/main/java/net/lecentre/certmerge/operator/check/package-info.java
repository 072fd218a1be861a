/** The command {@code check}: what certmerge makes of certificates and keys in files. */
@NullMarked
package net.lecentre.certmerge.operator.check;

import org.jspecify.annotations.NullMarked;
