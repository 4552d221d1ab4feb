import type { Case } from '../case.ts'
import { FAILURES } from './failures.ts'
import { LOAD } from './load.ts'
import { RECALL } from './recall.ts'
import { ROWS } from './rows.ts'
import { VISIBILITY } from './visibility.ts'

/** The battery of the instrument: engines of known flaws, theme by theme. */
export const CASES: readonly Case[] = [...VISIBILITY, ...LOAD, ...ROWS, ...RECALL, ...FAILURES]
