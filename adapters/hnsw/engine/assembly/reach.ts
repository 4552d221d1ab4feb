import { emptyVisited, ensurePool, POOL, ROUND, VISITED } from './context'
import {
  ENTRY,
  entrySlot,
  LIVE,
  linksOf,
  NONE,
  places,
  stateOfPlace,
  TOMBSTONE,
  widthOf,
  word,
} from './layout'

/** Live nodes that no way leads to from the entry point on layer 0: a walk over every link. NONE where memory ends. */
export function unreachable(c: usize): u32 {
  const entry = word(ENTRY)
  if (entry == NONE) return 0
  if (!ensurePool(c, (places() >> 1) + 1) || !emptyVisited(c)) return NONE
  const visited: usize = load<u32>(c, VISITED)
  const round = <u16>load<u32>(c, ROUND)
  const queue: usize = load<u32>(c, POOL)
  const width = widthOf(0)
  store<u32>(queue, entrySlot(entry))
  store<u16>(visited + (entrySlot(entry) << 1), round)
  let end: u32 = 1
  for (let at: u32 = 0; at < end; at++) {
    const links = linksOf(load<u32>(queue + (at << 2)), 0)
    for (let i: u32 = 0; i < width; i++) {
      const slot = load<u32>(links + (i << 2))
      if (slot == NONE) break
      const mark = visited + (slot << 1)
      if (load<u16>(mark) == round) continue
      store<u16>(mark, round)
      store<u32>(queue + (end << 2), slot)
      end++
    }
  }
  let count: u32 = 0
  for (let slot: u32 = 0; slot < places(); slot++)
    count += u32(stateOfPlace(slot) == LIVE && load<u16>(visited + (slot << 1)) != round)
  return count
}

/** All links of layer 0, those of tombstones too. */
export function degree(): f64 {
  let links: f64 = 0
  for (let slot: u32 = 0; slot < places(); slot++) {
    const state = stateOfPlace(slot)
    if (state != LIVE && state != TOMBSTONE) continue
    const at = linksOf(slot, 0)
    for (let i: u32 = 0; i < widthOf(0); i++) {
      if (load<u32>(at + (i << 2)) == NONE) break
      links++
    }
  }
  return links
}
