import { type EngineError, FAIL, type Hit, type Id, UNKNOWN } from '../../model/index.ts'

export const TIMEOUT = 'timeout'
export const INTERRUPTED = 'interrupted'
export const NOT_SUPPORTED = 'not supported'
export const NOT_OPEN = 'collection not open'

export const textOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.message === '' ? error.name : error.message
}

/**
 * What a rejected write of these rows means (interfaces §5): it may have happened, unless the error says that it did not. Where it names
 * the rows that were refused, it speaks of them alone: the others may have been written.
 */
export const writeFailure = (error: unknown, ids: readonly Id[] = []) => {
  const { outcome, refused } = (error ?? {}) as Partial<EngineError>
  if (!Array.isArray(refused))
    return { outcome: failedIf(outcome === 'fail'), error: textOf(error) }
  const named = new Set<Id>(refused)
  const isWhole = ids.length > 0 && ids.every((id) => named.has(id))
  return { outcome: failedIf(isWhole), error: textOf(error), refused: refused as readonly Id[] }
}

const failedIf = (surely: boolean) => (surely ? FAIL : UNKNOWN)

/** A rejected search changed nothing: it failed. */
export const searchFailure = (error: unknown) => ({ outcome: FAIL, error: textOf(error) })

/** Why an answer cannot be taken for a list of hits, or null. */
export const malformed = (answer: unknown): string | null => {
  if (!Array.isArray(answer)) return 'malformed answer: not a list of hits'
  for (const hit of answer as readonly Partial<Hit>[]) {
    if (!isWhole(hit?.id, 0xffffffff))
      return `malformed answer: the id of a hit is ${String(hit?.id)}`
    if (hit.version !== undefined && !isWhole(hit.version, 0x7fffffff)) {
      return `malformed answer: the version of a hit is ${String(hit.version)}`
    }
  }
  return null
}

const isWhole = (value: unknown, most: number): boolean =>
  typeof value === 'number' && value >= 0 && value <= most && Number.isInteger(value)
