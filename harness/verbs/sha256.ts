import { createHash } from 'node:crypto'
import type { Sha256 } from '../compile/index.ts'

/** The machine's own SHA-256: a trace of ten million operations is hashed in a second, where JavaScript takes ten. */
export const sha256 = (): Sha256 => createHash('sha256')
