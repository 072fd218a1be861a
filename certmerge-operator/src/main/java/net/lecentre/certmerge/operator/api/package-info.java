/**
 * The CertMerge resource as the API server stores it; the CRD in deploy/ is generated from here.
 */
@NullMarked
package net.lecentre.certmerge.operator.api;

import org.jspecify.annotations.NullMarked;
