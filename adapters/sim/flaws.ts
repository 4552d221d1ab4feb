import {
  exp,
  type Id,
  ln,
  type Micros,
  mix32,
  stream,
  type Version,
} from '../../harness/model/index.ts'
import type { Distribution, SimOptions } from './options.ts'

/**
 * What goes wrong, drawn from the seed and from what the op is (id and version, or the bytes of the request and how often
 * they were sent before), never from when it comes: the same trace meets the same flaws. Only a growing delay asks for the
 * load. All times in microseconds.
 */
export interface Flaws {
  /** `recent`: rows written in the second before. */
  upsert(id: Id, version: Version, recent: number): UpsertFate
  delete(id: Id, recent: number): DeleteFate
  request(asked: Asked): RequestFate
  /** Is the row left out of this answer, at this turnover? */
  leavesOut(asked: Asked, id: Id, version: Version, turnover: number): boolean
  /** Does this place of the answer stay empty? */
  leavesEmpty(asked: Asked, place: number): boolean
  /** Does this place of the answer repeat the one before? */
  repeats(asked: Asked, place: number): boolean
  /** The order in which the n rows of the answer come (a permutation of their places), null: nearest first. */
  order(asked: Asked, n: number): readonly number[] | null
}

export interface UpsertFate {
  readonly delay: Micros
  readonly lost: boolean
  readonly stale: boolean
  readonly unreachable: boolean
  /** When it vanishes, counted from its visibility, and for how long. */
  readonly flicker: { readonly after: Micros; readonly for: Micros } | null
}

export interface DeleteFate {
  readonly delay: Micros
  readonly ghost: boolean
  /** When it is returned again, counted from its disappearance. */
  readonly returns: Micros | null
}

/** `happens`: is the request carried out, whatever is answered? `late`: by how much the answer is held back. */
export interface RequestFate {
  readonly answer: 'ok' | 'fail' | 'unknown' | 'none'
  readonly happens: boolean
  readonly late: Micros
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
const FLICKER = 9
const RETURNS = 10
const DUPLICATE = 11
const SHUFFLED = 12
const ORDER = 13
const LATE = 14

const micros = (milliseconds: number): Micros => Math.round(1000 * milliseconds)

export const createFlaws = (options: SimOptions): Flaws => {
  const { seed, flicker, returns, late } = options
  /** Uniform in [0, 1) by the seed and the words. */
  const uniform = (...words: readonly number[]): number => {
    let hash = mix32(seed)
    for (const word of words) hash = mix32(hash ^ mix32(word + 0x9e3779b9))
    return hash / 2 ** 32
  }
  const strikes = (share: number, ...words: readonly number[]): boolean =>
    share > 0 && uniform(...words) < share
  const window = flicker && { after: micros(flicker.after), for: micros(flicker.for) }
  const back = returns && micros(returns.after)
  const doubtful = options.errors.fail + options.errors.unknown + options.timeouts
  return {
    upsert: (id, version, recent) => {
      const unreachable = strikes(options.unreachable, UNREACHABLE, id, version)
      return {
        delay: draw(options.delay, recent, seed, 'upsert', id, version),
        lost: strikes(options.lost, LOST, id, version),
        stale: strikes(options.stale, STALE, id, version),
        unreachable,
        // What no search finds cannot vanish from searches.
        flicker:
          flicker && !unreachable && strikes(flicker.share, FLICKER, id, version) ? window : null,
      }
    },
    delete: (id, recent) => {
      const ghost = strikes(options.ghosts, GHOST, id)
      return {
        delay: draw(options.deleteDelay, recent, seed, 'delete', id),
        ghost,
        returns: returns && !ghost && strikes(returns.share, RETURNS, id) ? back : null,
      }
    },
    request: ({ hash, time }) => {
      const isLate = late !== null && strikes(late.share, LATE, hash, time)
      const by = isLate ? micros(late.by) : 0
      if (doubtful === 0) return { answer: 'ok', happens: true, late: by }
      const happens = uniform(HAPPENS, hash, time) < 0.5
      return { ...answerOf(options, uniform(ANSWER, hash, time), happens), late: by }
    },
    leavesOut: ({ hash, time }, id, version, turnover) => {
      const share = options.missing + options.missingPerTurnover * turnover
      return strikes(share, MISSING, hash, time, id, version)
    },
    leavesEmpty: ({ hash, time }, place) => strikes(options.short, SHORT, hash, time, place),
    repeats: ({ hash, time }, place) => strikes(options.duplicates, DUPLICATE, hash, time, place),
    order: ({ hash, time }, n) =>
      strikes(options.shuffled, SHUFFLED, hash, time)
        ? permutation(n, (i) => uniform(ORDER, hash, time, i))
        : null,
  }
}

const answerOf = (
  { errors, timeouts }: SimOptions,
  u: number,
  happens: boolean,
): Omit<RequestFate, 'late'> => {
  if (u < errors.fail) return { answer: 'fail', happens: false }
  if (u < errors.fail + errors.unknown) return { answer: 'unknown', happens }
  if (u < errors.fail + errors.unknown + timeouts) return { answer: 'none', happens }
  return { answer: 'ok', happens: true }
}

/** Fisher and Yates's shuffle of 0 … n−1, each draw uniform in [0, 1). */
const permutation = (n: number, uniform: (i: number) => number): number[] => {
  const places = Array.from({ length: n }, (_, place) => place)
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(uniform(i) * (i + 1))
    const other = places[j]!
    places[j] = places[i]!
    places[i] = other
  }
  return places
}

/** The 0.99 quantile of the standard normal distribution. */
const Z99 = 2.3263478740408408

/** A duration in whole microseconds. */
const draw = (
  from: Distribution,
  recent: number,
  seed: number,
  ...name: readonly (string | number)[]
): Micros => {
  const { fixed, growing, lognormal, bimodal } = from
  if (fixed !== undefined) return micros(fixed)
  if (growing) return micros(growing.base + growing.perWrite * recent)
  const chance = stream(seed, 'sim', ...name)
  if (bimodal) return micros(chance.uniform() < bimodal.share ? bimodal.slow : bimodal.fast)
  const { p50, p99 } = lognormal!
  return micros(p50 * exp((ln(p99 / p50) / Z99) * chance.normal()))
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
