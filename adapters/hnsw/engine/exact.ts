import { distanceTo, type Graph, type Query } from './graph.ts'
import { push, replaceTop } from './heap.ts'
import { drainFarthestFirst, type Ranking } from './ranking.ts'
import { LIVE, NOWHERE, type Slot } from './slots.ts'

/** The k nearest live rows by measuring every one of them, `except` left out. Returns `g.found`. */
export const scan = (g: Graph, q: Query, k: number, except: Slot = NOWHERE): Ranking => {
  const { slots, W } = g
  W.size = 0
  for (let at = 0 as Slot; at < slots.used; at++) {
    if (slots.states[at] !== LIVE || at === except) continue
    const d = distanceTo(g, q, at)
    if (W.size < k) push(W, -d, at)
    else if (d < -W.keys[0]!) replaceTop(W, -d, at)
  }
  drainFarthestFirst(W, g.found)
  return g.found
}
