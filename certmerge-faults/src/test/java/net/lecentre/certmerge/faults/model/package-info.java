/**
 * Random histories of Secrets and CertMerges, on the real operator and on a simple model of its
 * rules.
 */
@org.jspecify.annotations.NullMarked
package net.lecentre.certmerge.faults.model;
