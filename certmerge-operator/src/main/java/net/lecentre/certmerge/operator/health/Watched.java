package net.lecentre.certmerge.operator.health;

import java.util.function.BooleanSupplier;

/**
 * Something that has to go on for the operator to do its work.
 *
 * @param name what log records call it
 * @param alive whether it has seen everything once and follows changes
 */
public record Watched(String name, BooleanSupplier alive) {}
