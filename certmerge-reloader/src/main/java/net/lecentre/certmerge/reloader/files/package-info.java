/** The mounted certificate files: consistent snapshots, and word of changes. */
@NullMarked
package net.lecentre.certmerge.reloader.files;

import org.jspecify.annotations.NullMarked;
