/** What programs in which the engine is a library name too. It imports nothing: they need no types of Node for it. */

/** Squared Euclidean distance, 1 − cos, or minus the inner product. */
export type Metric = 'l2' | 'cosine' | 'ip'

/** A copy of an index: of each of its segments. */
export type Image = readonly Uint8Array[]

/** What can be told without touching the graph. */
export interface Stats {
  readonly live: number
  readonly tombstones: number
  /** Rows that wait for their links. */
  readonly hot: number
  /** Layers, layer 0 included; 0 while the graph is empty. */
  readonly layers: number
  readonly bytes: number
  /** Searches of a segment that the links led to too few rows, and that measured every row instead. */
  readonly scans: number
  /** Rows stored since the last compaction began. */
  readonly grown: number
  readonly segments: number
}

/** What takes a walk over every link of layer 0. */
export interface Shape {
  /** Links of a row on layer 0, tombstones counted as rows. */
  readonly meanDegree: number
  /** Live rows that no way leads to from the entry point on layer 0. */
  readonly unreachable: number
}
