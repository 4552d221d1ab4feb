import { POOL, POOL_SIZE } from './context'
import { distanceTo } from './descend'
import { unordered } from './distance'
import { isLiveKey } from './key'
import { IP, M, METRIC, word } from './layout'

/**
 * Are M live nodes of the pool nearer to q, which is the prepared query, than q is itself? Under ip longer ones may be: they are what a search for q's own direction returns,
 * and where the lengths of rows differ much, the few longest are nearest to nearly all others. To lead searches to those too they have not the places, and what
 * was in them is lost when a list that is full chooses anew.
 */
export function isOutdone(c: usize, q: u32): bool {
  if (word(METRIC) != IP) return false
  const pool: usize = load<u32>(c, POOL)
  const end = pool + (usize(load<u32>(c, POOL_SIZE)) << 3)
  let nearer: u32 = 0
  for (let at = pool; at < end; at += 8) {
    const key = load<u64>(at)
    if (!isLiveKey(key)) continue
    if (++nearer == word(M)) return unordered(<u32>(key >> 32)) < distanceTo(c, q)
  }
  return false
}
