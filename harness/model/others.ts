/** A figure that somebody else measured, under the name that they gave it. */
export interface OthersFigure {
  readonly name: string
  readonly value: number
  /** s, 1/s, rows; empty for a share. */
  readonly unit: string
  /** How it was counted, in words. */
  readonly definition: string
}

export interface OthersWarning {
  readonly code: string
  readonly text: string
}

/** One measurement in somebody else's file. */
export interface OthersResult {
  readonly product: string
  readonly version: string | null
  readonly dataset: string | null
  readonly k: number | null
  /** What sort of measurement it was: those of one sort stand in one table. */
  readonly kind: string
  /** What it was measured with, as the file says. */
  readonly settings: string
  readonly figures: readonly OthersFigure[]
  /** What driftmark found when it did their sums again. */
  readonly warnings: readonly OthersWarning[]
}

/** Results that others measured: shown beside runs, compared with none, part of no verdict. */
export interface Others {
  readonly format: 'driftmark-others/1'
  readonly source: {
    readonly tool: string
    /** The name of the file that was read, without its folder. */
    readonly file: string
    readonly run: string | null
    /** ISO 8601, where the file tells. */
    readonly when: string | null
  }
  readonly results: readonly OthersResult[]
}
