/** What tenants and strangers may try, beyond what docs/security.md lists. */
@org.jspecify.annotations.NullMarked
package net.lecentre.certmerge.faults.attack;
