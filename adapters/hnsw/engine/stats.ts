import type { Graph } from './graph.ts'
import { neighborsOf } from './links.ts'
import { reachable, unreached } from './reachability.ts'
import { bytesOf, FREE, NOWHERE, type Slot } from './slots.ts'

/** What can be told without touching the graph. */
export interface Stats {
  readonly live: number
  readonly tombstones: number
  /** Layers, layer 0 included; 0 while the graph is empty. */
  readonly layers: number
  readonly bytes: number
}

export const statsOf = (g: Graph): Stats => {
  const { used, free, live } = g.slots
  return {
    live,
    tombstones: used - free.length - live,
    layers: g.entry === NOWHERE ? 0 : g.slots.levels[g.entry]! + 1,
    bytes: bytesOf(g.slots),
  }
}

/** What takes a walk over every link of layer 0. */
export interface Shape {
  /** Links of a row on layer 0, tombstones counted as rows. */
  readonly meanDegree: number
  /** Live rows that no way leads to from the entry point on layer 0. */
  readonly unreachable: number
}

export const shapeOf = (g: Graph): Shape => {
  const { used, states, free } = g.slots
  let links = 0
  for (let at = 0 as Slot; at < used; at++) {
    if (states[at] !== FREE) links += neighborsOf(g.slots, at, 0).length
  }
  const rows = used - free.length
  return {
    meanDegree: rows === 0 ? 0 : links / rows,
    unreachable: unreached(g, reachable(g)).length,
  }
}
