/** What a writer does to rows; one thread at a time. */
import { seekCentre } from './centre'
import { BURIED } from './context'
import { heat } from './hot'
import { link, storeNode, unstore } from './insert'
import {
  DOOMED,
  HOT_CAPACITY,
  LIVE,
  LIVE_ROWS,
  levelOf,
  NONE,
  setState,
  TOMBSTONE,
  TOMBSTONES,
  TWINS,
  word,
} from './layout'
import { noteRenewed } from './renewed'
import { ensureRow, find, put, remove } from './rows'

/** How a new row gets in. */
const LINKED: u32 = 0
const SCANNED: u32 = 1

/**
 * The prepared query becomes the row of this id; an older one is a tombstone then, and BURIED. `kind` 1 links nothing: every search is a scan.
 * With a hot tier, in which there is room, it waits there for its links. False where memory ends, and nothing has changed.
 */
export function upsert(c: usize, id: u32, version: i32, level: u32, kind: u32): bool {
  store<u32>(c, NONE, BURIED)
  const isHot = kind == LINKED && word(HOT_CAPACITY) > 0
  if (!ensureRow()) return false
  const slot = storeNode(c, id, version, level)
  if (slot == NONE) return false
  const old = find(id)
  if (old != NONE) atomic.store<u32>(TWINS, word(TWINS) + 1)
  if (isHot) heat(slot, level)
  else if (kind == SCANNED) setState(slot, LIVE, level)
  else if (!link(c, slot, level)) {
    unstore(slot, level)
    if (old != NONE) atomic.store<u32>(TWINS, word(TWINS) + 1)
    return false
  }
  put(id, slot)
  if (old == NONE) store<u32>(LIVE_ROWS, word(LIVE_ROWS) + 1)
  else {
    noteRenewed(slot)
    entomb(c, old)
    atomic.store<u32>(TWINS, word(TWINS) + 1)
  }
  if (kind == LINKED) seekCentre(c)
  return true
}

/** False if there is no such row; else it is a tombstone from now on, walked through, never found, and BURIED. */
export function bury(c: usize, id: u32): bool {
  const slot = find(id)
  if (slot == NONE) return false
  remove(id)
  store<u32>(LIVE_ROWS, word(LIVE_ROWS) - 1)
  entomb(c, slot)
  return true
}

function entomb(c: usize, slot: u32): void {
  setState(slot, TOMBSTONE, levelOf(slot))
  store<u32>(TOMBSTONES, word(TOMBSTONES) + 1)
  store<u32>(c, slot, BURIED)
}

/** The tombstone is freed by the repair that begins. */
export function doom(slot: u32): void {
  setState(slot, DOOMED, levelOf(slot))
}

/** It is not, after all. */
export function spare(slot: u32): void {
  setState(slot, TOMBSTONE, levelOf(slot))
}
