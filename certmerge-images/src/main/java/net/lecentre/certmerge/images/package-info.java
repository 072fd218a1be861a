/** Makes the container images of the two programs, with neither a Docker daemon nor a registry. */
@org.jspecify.annotations.NullMarked
package net.lecentre.certmerge.images;
