import { addressesOf } from '../../adapters/contract/address.ts'
import { loadAdapter } from '../../adapters/index.ts'
import { type DriftmarkError, problem } from '../errors.ts'
import type { Adapter, EngineError } from '../model/index.ts'
import { whyNobodyListens } from './listening.ts'
import type { Target } from './target.ts'

/** A target that answers: its adapter, its parsed options, and how to end what was started for it. */
export interface Reached {
  readonly adapter: Adapter
  readonly inProcess: boolean
  /** Parsed. */
  readonly options: unknown
  readonly launched: boolean
  readonly pid: number | undefined
  stop(): Promise<void>
}

/**
 * Finds a target's adapter and reads its options; launches a throwaway server for a bare name, or for JSON options
 * without an address, if the adapter can (interfaces §2). Errors: TARGET_UNKNOWN, TARGET_OPTIONS, TARGET_UNREACHABLE.
 */
export const reachTarget = async (
  target: Target,
  dir: string,
  durability?: string,
): Promise<Reached> => {
  const { adapter, inProcess } = await loadAdapter(target.adapter)
  const options = parseOptions(adapter, target)
  if (!needsLaunch(adapter, target.options)) {
    await expectListeners(target, options)
    return { adapter, inProcess, options, launched: false, pid: undefined, stop: async () => {} }
  }
  try {
    const server = await adapter.launch!(dir, target.options, durability)
    return {
      adapter,
      inProcess,
      options: server.options,
      launched: true,
      pid: server.pid,
      stop: server.stop,
    }
  } catch (error) {
    throw unopened(target, error)
  }
}

/** Every address that the options name must have somebody who listens: TARGET_UNREACHABLE. */
const expectListeners = async (target: Target, options: unknown): Promise<void> => {
  for (const address of addressesOf(options)) {
    const why = await whyNobodyListens(address)
    if (why !== null) throw problem('TARGET_UNREACHABLE', { target: target.label, why: `${why}.` })
  }
}

/**
 * What it means that a target could not be launched or opened: an error that names an option is wrong input, of the target or the scenario
 * (TARGET_OPTIONS); any other says that the target is not there (TARGET_UNREACHABLE).
 */
export const unopened = ({ label }: Pick<Target, 'label'>, error: unknown): DriftmarkError => {
  const { option } = (error ?? {}) as Partial<EngineError>
  const code = typeof option === 'string' ? 'TARGET_OPTIONS' : 'TARGET_UNREACHABLE'
  return problem(code, { target: label, why: sentence(error) }, error)
}

/** Refuses a target that could never be reached, whatever is running: TARGET_UNKNOWN, TARGET_ADAPTER, TARGET_OPTIONS. */
export const checkTarget = async (target: Target): Promise<void> => {
  parseOptions((await loadAdapter(target.adapter)).adapter, target)
}

const parseOptions = (adapter: Adapter, target: Target): unknown => {
  try {
    return adapter.parse(target.options)
  } catch (error) {
    throw problem('TARGET_OPTIONS', { target: target.label, why: sentence(error) }, error)
  }
}

/** A URL, or an object that names an address, says that the server is running already. */
const needsLaunch = (adapter: Adapter, options: unknown): boolean =>
  adapter.launch !== undefined &&
  (options === undefined ||
    (typeof options === 'object' && options !== null && !('url' in options || 'server' in options)))

/** An error's message as the end of a sentence. */
export const sentence = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  return /[.!?]$/.test(message) ? message : `${message}.`
}
