@NullMarked
package net.lecentre.certmerge.operator.check;

import org.jspecify.annotations.NullMarked;
