/**
 * Where everything lies. Nothing lives outside the memory: a header, a byte a chunk, then chunks of one size. A chunk holds nodes, or is
 * part of a run of chunks that serves as storage: link lists of upper layers, the map of ids, what one search works in.
 *
 * A chunk of nodes holds their parts in arrays, so that what a search walks over lies close together:
 *   codes (u8, 128 more than what they stand for), scale, norm (f32), id (u32), version (i32) | links of layer 0 (2M u32, ended by NONE where there are fewer) |
 *   vectors (f32) | addresses of the links above layer 0 (u32) | states (u8)
 * Node n lies in chunk n >> SHIFT at place n & (2^SHIFT − 1).
 */

/** No node; ends a list of links that is not full. */
export const NONE: u32 = 0xffffffff

/** States of a node, in the low three bits; its level stands above them. A doomed tombstone is one that the repair under way will free. */
export const FREE: u8 = 0
export const LIVE: u8 = 1
export const TOMBSTONE: u8 = 2
/** Not linked yet, and not to be seen. */
export const STORED: u8 = 3
export const DOOMED: u8 = 4
/** Not linked yet, and found by exact scan. */
export const HOT: u8 = 5

export const L2: u32 = 0
export const COSINE: u32 = 1
export const IP: u32 = 2
/** Of distances alone: under ip, those from a query whose codes count from the origin. */
export const IP_OF_QUERY: u32 = 3

/** The highest layer a node may have; a header word leads to the free link lists of each. */
export const TOP: u32 = 15
/** Threads that may read beside the writer. */
export const READERS: u32 = 64

// Words of the header.
export const DIMENSIONS: usize = 64
export const METRIC: usize = 68
/** Links of a node: M above layer 0, 2M on it. */
export const M: usize = 72
export const EF_CONSTRUCTION: usize = 76
/** Algorithm 3 in the place of Algorithm 4. */
export const SIMPLE: usize = 80
/** Bytes of a vector of floats; of its codes; of codes and what stands behind them; of the links of layer 0. */
export const VECTOR_BYTES: usize = 84
export const CODE_BYTES: usize = 88
export const STRIDE: usize = 92
export const LINK_BYTES: usize = 96
/** Nodes in a chunk, as a power of two; bytes of a chunk; where its arrays begin behind the codes. */
export const SHIFT: usize = 100
export const CHUNK_BYTES: usize = 104
export const LINKS_AT: usize = 108
export const VECTORS_AT: usize = 112
export const UPPERS_AT: usize = 116
export const STATES_AT: usize = 120
/** What a chunk has more than its codes, its links, its vectors: nodes of later chunks lie so much farther. */
export const CODE_GAP: usize = 124
export const LINK_GAP: usize = 128
export const VECTOR_GAP: usize = 132
/** Address of the first chunk. */
export const CHUNKS: usize = 136
/** Chunks from here on have never been used. */
export const USED: usize = 140
/** How many of those before are free. */
export const FREE_CHUNKS: usize = 144
/** Nodes of the chunk begun last that have never been used. */
export const NEXT: usize = 148
export const END: usize = 152
/** Head of the list of free nodes, through the first words of their links. */
export const FREE_NODES: usize = 156
/** Where every search enters: ep in the paper with its level, L, in the top bits: one word, so that they change together. */
export const ENTRY: usize = 160
/** The unused rest of the chunk from which small pieces of storage are taken. */
export const PIECES_AT: usize = 164
export const PIECES_END: usize = 168
/** Pages of 64 KiB that the memory may have. */
export const MOST_PAGES: usize = 172
/** 1 while a thread takes or gives chunks. */
export const LOCK: usize = 176
/** Counted up whenever nodes have been cut off that readers may still be looking at. */
export const EPOCH: usize = 180
/** Odd while an old and a new row of one id are both there. */
export const TWINS: usize = 184
export const LIVE_ROWS: usize = 188
export const TOMBSTONES: usize = 192
/** The map of ids, and a smaller one from before that readers may still look into, with its epoch. */
export const ROWS: usize = 196
export const OLD_ROWS: usize = 200
export const OLD_ROWS_EPOCH: usize = 204
/** A ring of nodes that are not linked yet; counts of those linked or dropped, and of all that ever came. */
export const HOT_RING: usize = 208
export const HOT_CAPACITY: usize = 212
export const HOT_DONE: usize = 216
export const HOT_COME: usize = 220
/** Counted up for the order that this gives to what is written before and after. */
const FENCE: usize = 224
/** A ring of the slots of rows that replaced others, and how many ever did. */
export const RENEWED_RING: usize = 228
export const RENEWED: usize = 232
/** The map of ids that is prepared, or 0. */
export const NEXT_ROWS: usize = 236
/** Address of the context of the writer: in an image it lies where it lay. */
export const WRITER: usize = 240
/** Address of the centre, a vector from which codes count; counted up before and after it moves; rows that there have to be until it is looked for again. */
export const CENTRE: usize = 244
export const CENTRED: usize = 248
export const NEXT_CENTRE: usize = 252
/** The largest sum of a node's squared codes: with its scale, what bounds its length. */
export const MOST_CODED: usize = 256
/** Heads of the free link lists of nodes of level 1 … TOP. */
export const UPPER_FREE: usize = 260
/** The epoch in which each reader began the search that it is at, or 0. */
export const READER_EPOCHS: usize = 324
/** A byte a chunk: NODES, FREE_CHUNK, or 0 where it is storage. */
export const KINDS: usize = READER_EPOCHS + 4 * READERS
export const NODES: u8 = 1
export const FREE_CHUNK: u8 = 2

// Behind the codes of a node. Of a node that is not to be found the scale has a sign: a search learns it from the line it reads anyway.
export const SCALE: usize = 0
export const NORM: usize = 4
export const ID: usize = 8
export const VERSION: usize = 12
export const TAIL_BYTES: usize = 16

const LEVEL_SHIFT: u32 = 27
const SLOT_MASK: u32 = (1 << LEVEL_SHIFT) - 1

// @ts-ignore: decorator
@inline
export function word(at: usize): u32 {
  return load<u32>(at)
}

// @ts-ignore: decorator
@inline
export function chunk(number: u32): usize {
  return usize(word(CHUNKS)) + usize(number) * usize(word(CHUNK_BYTES))
}

/** The place of a node in the array of its chunk that begins `first` behind it. */
// @ts-ignore: decorator
@inline
export function placeIn(first: usize, shift: u32, gap: usize, bytes: usize, slot: u32): usize {
  return first + usize(slot >> shift) * gap + usize(slot) * bytes
}

// @ts-ignore: decorator
@inline
export function codesOf(slot: u32): usize {
  return placeIn(word(CHUNKS), word(SHIFT), word(CODE_GAP), word(STRIDE), slot)
}

// @ts-ignore: decorator
@inline
export function tailOf(slot: u32): usize {
  return codesOf(slot) + word(CODE_BYTES)
}

// @ts-ignore: decorator
@inline
export function vectorOf(slot: u32): usize {
  const first = word(CHUNKS) + word(VECTORS_AT)
  return placeIn(first, word(SHIFT), word(VECTOR_GAP), word(VECTOR_BYTES), slot)
}

// @ts-ignore: decorator
@inline
function inChunk(slot: u32, array: usize): usize {
  return chunk(slot >> word(SHIFT)) + word(array)
}

// @ts-ignore: decorator
@inline
function placeOf(slot: u32): usize {
  return slot & ((1 << word(SHIFT)) - 1)
}

/** Where the address of a node's links above layer 0 stands. */
// @ts-ignore: decorator
@inline
export function upperOf(slot: u32): usize {
  return inChunk(slot, UPPERS_AT) + (placeOf(slot) << 2)
}

// @ts-ignore: decorator
@inline
function stateAt(slot: u32): usize {
  return inChunk(slot, STATES_AT) + placeOf(slot)
}

// @ts-ignore: decorator
@inline
export function stateOf(slot: u32): u8 {
  return load<u8>(stateAt(slot)) & 7
}

// @ts-ignore: decorator
@inline
export function levelOf(slot: u32): u32 {
  return load<u8>(stateAt(slot)) >> 3
}

/**
 * What is written before is seen by every thread before what is written after: reading and writing in one step is ordered on both sides on
 * every processor. (The compiler has an instruction for it, and writes it in a form that is refused.)
 */
export function fence(): void {
  atomic.add<u32>(FENCE, 1)
}

/** The state, and in the sign of the scale whether a walk along links may find the node. */
export function setState(slot: u32, state: u8, level: u32): void {
  const scale = tailOf(slot) + SCALE
  const bits = load<u32>(scale) & 0x7fffffff
  store<u32>(scale, state == LIVE ? bits : bits | 0x80000000)
  store<u8>(stateAt(slot), <u8>((level << 3) | state))
}

/** Places of nodes that there are, those in chunks of storage among them. */
// @ts-ignore: decorator
@inline
export function places(): u32 {
  return word(USED) << word(SHIFT)
}

/** The state of a place: FREE where its chunk is storage. */
// @ts-ignore: decorator
@inline
export function stateOfPlace(slot: u32): u8 {
  return load<u8>(KINDS + (slot >> word(SHIFT))) == NODES ? stateOf(slot) : FREE
}

// @ts-ignore: decorator
@inline
export function isFindable(state: u8): bool {
  return state == LIVE || state == HOT
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
  if (layer > 0) return load<u32>(upperOf(slot)) + (layer - 1) * (word(M) << 2)
  return placeIn(word(CHUNKS) + word(LINKS_AT), word(SHIFT), word(LINK_GAP), word(LINK_BYTES), slot)
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
