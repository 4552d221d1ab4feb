import { cpus, platform, totalmem } from 'node:os'
import type { Manifest } from '../model/index.ts'

/** This machine, by what its measurements depend on. */
export const thisMachine = (): Manifest['host'] => ({
  platform: `${platform()} ${process.arch}`,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryBytes: totalmem(),
})
