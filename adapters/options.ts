import { z } from 'zod'
import { type EngineError, refusal } from '../harness/model/index.ts'

/** A whole number from `low` to `high`, both allowed. */
export const count = (low: number, high: number) => z.int().min(low).max(high)

/** An error that names the option at fault, in its text and as `option`: nothing was done. */
export type OptionError = EngineError & { readonly option: string }

export interface Refusals {
  /** The error that says why the value of an option cannot be. */
  refuseOption(option: string, why: string): OptionError
  /** Refuses the name of a collection or an alias that is no plain identifier. */
  checkName(name: string): void
  /** What the schema makes of `given`; an option in it is called `prefix` and its path. */
  read<T>(schema: z.ZodType<T>, given: unknown, prefix?: string): T
}

const NAME = /^[a-z][a-z0-9_]{0,62}$/

/** How an adapter refuses options: each error begins with its name. `unknown` says of a key that is none what else it may be. */
export const refusalsOf = (
  adapter: string,
  unknown: Readonly<Record<string, string>> = {},
): Refusals => {
  const refuseOption = (option: string, why: string) =>
    Object.assign(refusal(`${adapter}: ${option}: ${why}`), { option })
  const checkName = (name: string) => {
    if (!NAME.test(name)) throw refuseOption('name', `"${name}" must match [a-z][a-z0-9_]{0,62}`)
  }
  const read = <T>(schema: z.ZodType<T>, given: unknown, prefix = ''): T => {
    const parsed = schema.safeParse(given)
    if (parsed.success) return parsed.data
    const { path, message, ...issue } = parsed.error.issues[0]!
    const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
    const option = prefix + [...path, ...keys].join('.') || 'options'
    if (keys.length === 0) throw refuseOption(option, message)
    const known = Object.hasOwn(unknown, option) ? unknown[option] : undefined
    throw refuseOption(option, known ?? 'there is no such option')
  }
  return { refuseOption, checkName, read }
}
