/** Files of YAML or JSON, as kubectl reads and prints them. */
@NullMarked
package net.lecentre.certmerge.operator.documents;

import org.jspecify.annotations.NullMarked;
