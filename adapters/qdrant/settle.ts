import { setTimeout as sleep } from 'node:timers/promises'
import type { Control } from './control.ts'
import { brokenBy, type Look, missing } from './state.ts'

/** A collection that is no longer there cannot be looked at. */
export const look = async (control: Control, name: string, signal?: AbortSignal): Promise<Look> => {
  const [info, optimizations] = await Promise.all([
    control.info(name, signal),
    control.optimizations(name, signal),
  ])
  if (info) return { info, optimizations }
  throw new Error(`qdrant: there is no collection "${name}"`)
}

/** Between two looks, in ms. */
const PAUSE = 100
/** An optimizer that a write has just woken may not be seen at once. */
const LOOKS = 2

/**
 * Waits until nothing is missing (state.ts), seen twice in a row. A grey collection waits for a nudge, which a change of
 * settings is, even an empty one. Rejects when an optimizer has failed, and when the signal aborts: with what was missing.
 */
export const settle = async (
  control: Control,
  { name, dimensions }: { readonly name: string; readonly dimensions: number },
  signal: AbortSignal,
): Promise<void> => {
  signal.throwIfAborted()
  let lacking = ['nobody had looked yet']
  try {
    for (let calm = 0; calm < LOOKS; ) {
      const seen = await look(control, name, signal)
      const broken = brokenBy(seen)
      if (broken !== undefined) throw new Error(`qdrant: settle: an optimizer failed: ${broken}`)
      lacking = missing(seen, dimensions)
      calm = lacking.length === 0 ? calm + 1 : 0
      if (seen.info.status === 'grey') await control.tune(name, {}, signal)
      if (calm < LOOKS) await sleep(PAUSE, undefined, { signal })
    }
  } catch (cause) {
    if (!signal.aborted) throw cause
    const why = lacking.length > 0 ? lacking.join('; ') : 'nothing, but it was seen only once'
    throw new Error(`qdrant: settle: given up; still missing: ${why}`, { cause })
  }
}

/** Thresholds under which the vacuum optimizer rebuilds every segment with a deleted row; 100 vectors are the server's least. */
const VACUUM = { deleted_threshold: 0, vacuum_min_vector_number: 100 }

/**
 * There is no "optimise now": the vacuum optimizer is made to want it, by thresholds that any dead row exceeds, and gets
 * its own back when it is done, also when the signal aborts.
 */
export const vacuum = async (
  control: Control,
  at: { readonly name: string; readonly dimensions: number },
  signal: AbortSignal,
): Promise<void> => {
  const { info } = await look(control, at.name, signal)
  const { deleted_threshold = null, vacuum_min_vector_number = null } = info.config.optimizer_config
  try {
    await control.tune(at.name, VACUUM, signal)
    await settle(control, at, signal)
  } finally {
    await control.tune(at.name, { deleted_threshold, vacuum_min_vector_number })
  }
}
