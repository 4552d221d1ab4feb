/**
 * Where everything lies. Nothing lives outside the memory: a header, then blocks of one size. A block holds a node, or is part of a
 * run of blocks that serves as storage: link lists of upper layers, a byte a block for states, what one search works in.
 *
 * A node's block, each part 16-byte aligned, the block 64-byte aligned:
 *   links of layer 0 (2M u32, ended by NONE where there are fewer) | vector (f32) | codes (i8) | scale, norm (f32), id (u32), version (i32), upper (address)
 */

/** No block; ends a list of links that is not full. */
export const NONE: u32 = 0xffffffff

/** States of a block, in the low three bits; a node's level stands above them. A doomed tombstone is one that the repair under way will free. */
export const FREE: u8 = 0
export const LIVE: u8 = 1
export const TOMBSTONE: u8 = 2
/** Storage, or a node that is not linked yet. */
export const STORAGE: u8 = 3
export const DOOMED: u8 = 4

export const L2: u32 = 0
export const COSINE: u32 = 1
export const IP: u32 = 2

/** The highest layer a node may have; a header word leads to the free link lists of each. */
export const TOP: u32 = 15

// Words of the header.
export const DIMENSIONS: usize = 64
export const METRIC: usize = 68
/** Links of a node: M above layer 0, 2M on it. */
export const M: usize = 72
export const EF_CONSTRUCTION: usize = 76
/** Bytes of a vector of floats, of codes, of a block; offsets of the parts of a block. */
export const VECTOR_BYTES: usize = 80
export const CODE_BYTES: usize = 84
export const BLOCK_BYTES: usize = 88
export const VECTOR_AT: usize = 92
export const CODES_AT: usize = 96
/** Blocks from here on have never been used. */
export const USED: usize = 100
/** Head of the list of free blocks, through their first words. */
export const FREE_BLOCKS: usize = 104
/** Where every search enters: ep in the paper with its level, L, in the top bits: one word, so that they change together. */
export const ENTRY: usize = 108
/** Address and capacity, in blocks, of the states. */
export const STATES: usize = 112
export const STATES_CAPACITY: usize = 116
/** The unused rest of the last run taken for link lists of upper layers. */
export const UPPER_AT: usize = 120
export const UPPER_END: usize = 124
/** Heads of the free link lists of nodes of level 1 … TOP. */
export const UPPER_FREE: usize = 128
/** Algorithm 3 in the place of Algorithm 4. */
export const SIMPLE: usize = 192
/** Pages of 64 KiB that the memory may have. */
export const MOST_PAGES: usize = 196
export const BLOCKS: usize = 256

// Behind the codes of a node.
export const SCALE: usize = 0
export const NORM: usize = 4
export const ID: usize = 8
export const VERSION: usize = 12
export const UPPER: usize = 16
export const TAIL_BYTES: usize = 20

const LEVEL_SHIFT: u32 = 27
const SLOT_MASK: u32 = (1 << LEVEL_SHIFT) - 1

// @ts-ignore: decorator
@inline
export function word(at: usize): u32 {
  return load<u32>(at)
}

// @ts-ignore: decorator
@inline
export function block(slot: u32): usize {
  return BLOCKS + usize(slot) * usize(word(BLOCK_BYTES))
}

// @ts-ignore: decorator
@inline
export function codesOf(slot: u32): usize {
  return block(slot) + word(CODES_AT)
}

// @ts-ignore: decorator
@inline
export function tailOf(slot: u32): usize {
  return codesOf(slot) + word(CODE_BYTES)
}

// @ts-ignore: decorator
@inline
export function stateOf(slot: u32): u8 {
  return load<u8>(word(STATES) + slot) & 7
}

// @ts-ignore: decorator
@inline
export function levelOf(slot: u32): u32 {
  return load<u8>(word(STATES) + slot) >> 3
}

// @ts-ignore: decorator
@inline
export function setState(slot: u32, state: u8, level: u32): void {
  store<u8>(word(STATES) + slot, <u8>((level << 3) | state))
}

// @ts-ignore: decorator
@inline
export function entrySlot(entry: u32): u32 {
  return entry & SLOT_MASK
}

// @ts-ignore: decorator
@inline
export function entryLevel(entry: u32): u32 {
  return entry >> LEVEL_SHIFT
}

export function setEntry(slot: u32, level: u32): void {
  store<u32>(ENTRY, (level << LEVEL_SHIFT) | slot)
}

// @ts-ignore: decorator
@inline
export function linksOf(slot: u32, layer: u32): usize {
  if (layer == 0) return block(slot)
  return load<u32>(tailOf(slot), UPPER) + (layer - 1) * (word(M) << 2)
}

// @ts-ignore: decorator
@inline
export function widthOf(layer: u32): u32 {
  return layer == 0 ? word(M) << 1 : word(M)
}

// @ts-ignore: decorator
@inline
export function upTo(size: u32, multiple: u32): u32 {
  return ((size + multiple - 1) / multiple) * multiple
}
