import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { homedir, hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { Calibration } from '../model/index.ts'

const record = z.object({
  when: z.iso.datetime(),
  outcome: z.string(),
  version: z.string(),
  mode: z.enum(['default', 'full']),
  machine: z.object({
    platform: z.string(),
    cpu: z.string(),
    cores: z.number(),
    memoryBytes: z.number(),
  }),
  lines: z.number(),
  outside: z.number(),
  unsure: z.number(),
})

/** What is kept of a calibration: one file a machine, in the folder of this account's state. */
export type CalibrationRecord = Readonly<z.output<typeof record>>

const folder = (): string =>
  join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'driftmark')
const fileOf = (machine: string): string => `calibration-${machine}.json`
const FILE = /^calibration-.*\.json$/

/** The last calibration on this machine; without one the last on another whose records lie here too; null if there is none. */
export const lastCalibration = async (): Promise<Calibration | null> => {
  const own = await read(fileOf(hostname()))
  if (own) return { ...own, here: true }
  const files = await readdir(folder()).catch(absent)
  const others = await Promise.all((files ?? []).filter((file) => FILE.test(file)).map(read))
  const last = others
    .filter((one) => one !== null)
    .sort((a, b) => a.when.localeCompare(b.when))
    .at(-1)
  return last ? { ...last, here: false } : null
}

/** Keeps the result of a calibration for the manifests of the runs to come. */
export const recordCalibration = async (kept: CalibrationRecord): Promise<void> => {
  await mkdir(folder(), { recursive: true })
  await writeFile(join(folder(), fileOf(hostname())), `${JSON.stringify(kept)}\n`)
}

/** A record that is damaged, or was kept by a version that told less, is none. */
const read = async (file: string): Promise<CalibrationRecord | null> => {
  const text = await readFile(join(folder(), file), 'utf8').catch(absent)
  if (text === null) return null
  try {
    const { success, data } = record.safeParse(JSON.parse(text))
    return success ? data : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

const absent = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null
  throw error
}
