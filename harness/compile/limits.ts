import type { Limit } from '../model/index.ts'
import { findingAt, type Leaf } from './findings-paths.ts'
import { DURATION, duration, SHARE, share } from './quantity.ts'

const LIMIT = /^(\S+?)\s*(<=|>=|==|!=|<|>)\s*(\S+)$/
const NUMBER = /^-?\d+(\.\d+)?$/

/** Reads `path comparison bound`; a sentence if it cannot be read or names no number of findings.json. */
export const readLimit = (text: string, phases: readonly string[]): Limit | string => {
  const [, path, comparison, written] = LIMIT.exec(text.trim()) ?? []
  if (path === undefined || comparison === undefined || written === undefined) {
    return 'allowed: path comparison bound, such as recall.live.low >= 0.90'
  }
  const found = findingAt(path, phases)
  if ('why' in found) return found.why
  const bound = boundOf(written, found.leaf)
  if (bound === null) {
    return found.leaf === 'time'
      ? `allowed: a bound with its unit (us, ms, s, m, h), such as ${path} <= 100ms`
      : `allowed: a bound that is a number or a share, such as ${path} >= 0.90`
  }
  return { text, path, comparison: comparison as Limit['comparison'], bound }
}

/** Milliseconds where the path holds a time, else the number itself; null if it is written wrongly. */
const boundOf = (written: string, leaf: Leaf): number | null => {
  if (leaf === 'time') return DURATION.test(written) ? duration(written) / 1_000 : null
  if (SHARE.test(written)) return share(written)
  return NUMBER.test(written) ? Number(written) : null
}
