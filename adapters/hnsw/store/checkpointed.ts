/** What a checkpoint left. */
export interface Checkpointed {
  /** Number of the last operation that the snapshots hold. */
  readonly sequence: number
  /** Written into new snapshots. */
  readonly rows: number
  readonly bytes: number
}
