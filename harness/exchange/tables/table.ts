/** What a cell holds: whole numbers, numbers with a fraction, texts, or a list of whole numbers. */
export type CellType = 'int' | 'double' | 'text' | 'ints'
export type Cell = number | string | readonly number[] | null

export interface Column {
  readonly name: string
  readonly type: CellType
  /** The cell of row `row`; null where it has none. */
  of(row: number): Cell
}

/** Rows that are made when they are read: a table holds no cell. */
export interface Table {
  readonly name: string
  readonly count: number
  readonly columns: readonly Column[]
}
