import { backlog } from './backlog.ts'
import { ecdf } from './ecdf.ts'
import type { FigureOf } from './figure.ts'
import { latency } from './latency.ts'
import { loss } from './loss.ts'
import { recall } from './recall.ts'

export type { Figure, FigureOf } from './figure.ts'

/** The figures in the order in which a page shows them. */
export const FIGURES: readonly FigureOf[] = [ecdf, latency, recall, loss, backlog]
