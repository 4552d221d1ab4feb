import { exp, type Id, ln, mix32, stream, type Version } from '../../harness/model/index.ts'
import type { Distribution, SimOptions } from './options.ts'

/**
 * What goes wrong, drawn from the seed and from what the op is (id and version, or the bytes of the request and how often
 * they were sent before), never from when it comes: the same trace meets the same flaws.
 */
export interface Flaws {
  /** Times in microseconds. */
  upsert(id: Id, version: Version): UpsertFate
  delete(id: Id): DeleteFate
  request(asked: Asked): RequestFate
  /** Is the row left out of this answer? */
  leavesOut(asked: Asked, id: Id, version: Version): boolean
  /** Does this place of the answer stay empty? */
  leavesEmpty(asked: Asked, place: number): boolean
}

export interface UpsertFate {
  readonly delay: number
  readonly lost: boolean
  readonly stale: boolean
  readonly unreachable: boolean
}

export interface DeleteFate {
  readonly delay: number
  readonly ghost: boolean
}

/** `happens`: is the request carried out, whatever is answered? */
export interface RequestFate {
  readonly answer: 'ok' | 'fail' | 'unknown' | 'none'
  readonly happens: boolean
}

/** A request by content: a hash of its bytes, and how often the same hash came before. */
export interface Asked {
  readonly hash: number
  readonly time: number
}

const LOST = 1
const STALE = 2
const UNREACHABLE = 3
const GHOST = 4
const ANSWER = 5
const HAPPENS = 6
const MISSING = 7
const SHORT = 8

const FINE: RequestFate = { answer: 'ok', happens: true }

export const createFlaws = (options: SimOptions): Flaws => {
  const { seed, errors, timeouts } = options
  /** Uniform in [0, 1) by the seed and the words. */
  const uniform = (...words: readonly number[]): number =>
    words.reduce((hash, word) => mix32(hash ^ mix32(word + 0x9e3779b9)), mix32(seed)) / 2 ** 32
  const strikes = (share: number, ...words: readonly number[]): boolean =>
    share > 0 && uniform(...words) < share
  return {
    upsert: (id, version) => ({
      delay: draw(options.delay, seed, 'upsert', id, version),
      lost: strikes(options.lost, LOST, id, version),
      stale: strikes(options.stale, STALE, id, version),
      unreachable: strikes(options.unreachable, UNREACHABLE, id, version),
    }),
    delete: (id) => ({
      delay: draw(options.deleteDelay, seed, 'delete', id),
      ghost: strikes(options.ghosts, GHOST, id),
    }),
    request: ({ hash, time }) => {
      if (errors.fail + errors.unknown + timeouts === 0) return FINE
      const u = uniform(ANSWER, hash, time)
      if (u < errors.fail) return { answer: 'fail', happens: false }
      const happens = uniform(HAPPENS, hash, time) < 0.5
      if (u < errors.fail + errors.unknown) return { answer: 'unknown', happens }
      return u < errors.fail + errors.unknown + timeouts ? { answer: 'none', happens } : FINE
    },
    leavesOut: ({ hash, time }, id, version) =>
      strikes(options.missing, MISSING, hash, time, id, version),
    leavesEmpty: ({ hash, time }, place) => strikes(options.short, SHORT, hash, time, place),
  }
}

/** The 0.99 quantile of the standard normal distribution. */
const Z99 = 2.3263478740408408

/** A duration in whole microseconds. */
const draw = (from: Distribution, seed: number, ...name: readonly (string | number)[]): number => {
  const { fixed, lognormal, bimodal } = from
  const milliseconds = (): number => {
    if (fixed !== undefined) return fixed
    const chance = stream(seed, 'sim', ...name)
    if (bimodal) return chance.uniform() < bimodal.share ? bimodal.slow : bimodal.fast
    const { p50, p99 } = lognormal!
    return p50 * exp((ln(p99 / p50) / Z99) * chance.normal())
  }
  return Math.round(1000 * milliseconds())
}

/** Hash of a request's bytes, four at a time: FNV-1a over words, each folded down before the next. */
export const hashOf = (body: Uint8Array<ArrayBuffer>): number => {
  const words = new Uint32Array(body.buffer, 0, body.length >> 2)
  let hash = 0x811c9dc5
  for (let i = 0; i < words.length; i++) {
    hash = Math.imul(hash ^ words[i]!, 0x01000193)
    hash ^= hash >>> 15
  }
  return mix32(hash)
}
