import { distanceBetween, type Graph, stored } from './graph.ts'
import { addNeighbor, linkStart, neighborsOf } from './links.ts'
import { descend, searchLayer } from './search-layer.ts'
import { LIVE, NOWHERE, type Slot } from './slots.ts'

/** The slot each slot was first reached from, breadth first over layer 0; NOWHERE where no way leads. The root is its own parent. */
export type Parents = Int32Array

/** What can be reached from the entry point on layer 0, through tombstones too. */
export const reachable = (g: Graph): Parents => {
  const parents = new Int32Array(g.slots.used).fill(NOWHERE)
  if (g.entry !== NOWHERE) {
    parents[g.entry] = g.entry
    spread(g, parents, g.entry)
  }
  return parents
}

const spread = (g: Graph, parents: Parents, from: Slot): void => {
  const queue = [from]
  for (const parent of queue) {
    for (const child of neighborsOf(g.slots, parent, 0)) {
      if (parents[child] !== NOWHERE) continue
      parents[child] = parent
      queue.push(child)
    }
  }
}

/** The live slots that no way leads to. */
export const unreached = (g: Graph, parents: Parents): Slot[] => {
  const lost: Slot[] = []
  for (let at = 0 as Slot; at < parents.length; at++) {
    if (g.slots.states[at] === LIVE && parents[at] === NOWHERE) lost.push(at)
  }
  return lost
}

/**
 * Gives every live row that no way leads to a link from the nearest row that can be reached and has a place for it. A place is
 * a free one, or that of a link which the breadth-first tree does not need; so no row is lost for one that is found, and one
 * pass is enough: a tree of n rows needs n − 1 links, far fewer than there are places.
 */
export const relinkUnreachable = (g: Graph): void => {
  const parents = reachable(g)
  for (const lost of unreached(g, parents)) {
    if (parents[lost] !== NOWHERE) continue
    const host = linkFromNearest(g, parents, lost)
    parents[lost] = host
    spread(g, parents, lost)
  }
}

const linkFromNearest = (g: Graph, parents: Parents, lost: Slot): Slot => {
  for (const host of hosts(g, parents, lost)) {
    if (addNeighbor(g.slots, host, 0, lost) || replaceSpareLink(g, parents, host, lost)) return host
  }
  throw new Error('no row of the graph has a place for a link')
}

/** Reached slots, the nearest live ones first, at last all. */
function* hosts(g: Graph, parents: Parents, lost: Slot): Generator<Slot, void> {
  const q = stored(g, lost)
  const W = searchLayer(g, q, descend(g, q, 0), g.parameters.efConstruction, 0, true)
  for (let i = 0; i < W.length; i++) {
    if (parents[W.slots[i]!] !== NOWHERE) yield W.slots[i] as Slot
  }
  for (let at = 0 as Slot; at < parents.length; at++) if (parents[at] !== NOWHERE) yield at
}

/** Puts `lost` in the place of the farthest link of `host` that is no branch of the tree. */
const replaceSpareLink = (g: Graph, parents: Parents, host: Slot, lost: Slot): boolean => {
  let place = -1
  let farthest = Number.NEGATIVE_INFINITY
  neighborsOf(g.slots, host, 0).forEach((neighbor, i) => {
    if (parents[neighbor] === host) return
    const d = distanceBetween(g, host, neighbor)
    if (d > farthest) {
      farthest = d
      place = i
    }
  })
  if (place === -1) return false
  g.slots.links0[linkStart(g.slots, host, 0) + place] = lost
  return true
}
