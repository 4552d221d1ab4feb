import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { homedir, hostname } from 'node:os'
import { join } from 'node:path'

/** When the instrument was last calibrated on this machine, and what came out. */
export interface CalibrationRecord {
  readonly when: string
  readonly outcome: string
}

const file = (): string =>
  join(
    process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'),
    'driftmark',
    `calibration-${hostname()}.json`,
  )

/** The last calibration on this machine, or null if there was none that can be read. */
export const lastCalibration = async (): Promise<CalibrationRecord | null> => {
  const text = await readFile(file(), 'utf8').catch(() => null)
  if (text === null) return null
  const { when, outcome } = JSON.parse(text) as Partial<CalibrationRecord>
  return typeof when === 'string' && typeof outcome === 'string' ? { when, outcome } : null
}

/** Keeps the result of a calibration for the manifests of the runs to come. */
export const recordCalibration = async (record: CalibrationRecord): Promise<void> => {
  await mkdir(join(file(), '..'), { recursive: true })
  await writeFile(file(), `${JSON.stringify(record)}\n`)
}
