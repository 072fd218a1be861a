/** Lays merged pairs out as the data of a Secret, and reads them back. */
@NullMarked
package net.lecentre.certmerge.core.format;

import org.jspecify.annotations.NullMarked;
