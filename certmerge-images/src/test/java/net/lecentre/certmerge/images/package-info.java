/** Holds the images to what they promise. */
@org.jspecify.annotations.NullMarked
package net.lecentre.certmerge.images;
