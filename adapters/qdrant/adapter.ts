import type { Adapter } from '../../harness/model/index.ts'
import { type Control, controlOf } from './control.ts'
import { describeServer } from './describe.ts'
import { openEngine } from './engine.ts'
import { launch } from './launch.ts'
import { checkName, parseOptions, type QdrantOptions, refuseOption } from './options.ts'
import { createRest } from './rest-client.ts'

const urlOf = ({ url }: QdrantOptions): string => {
  if (url === null) throw refuseOption('url', 'there is no server; give its URL, or launch one')
  return url
}

const control = (options: QdrantOptions): Control =>
  controlOf(createRest(urlOf(options), 1, options.gzip))

/** Qdrant, by the vendor's own clients. */
export const adapter: Adapter<QdrantOptions> = {
  name: 'qdrant',
  parse: parseOptions,
  open: async (options, at) => openEngine(urlOf(options), options, at),
  describe: async (options, at) => describeServer(control(options), options, at),
  launch,
  /** Drops a collection, with the aliases that point at it, or an alias alone. */
  drop: async (options, name) => {
    checkName(name)
    const there = control(options)
    if (!(await there.drop(name))) await there.dropAlias(name)
  },
  swap: async (options, alias, name) => {
    checkName(alias)
    checkName(name)
    await control(options).pointAlias(alias, name)
  },
}

export default adapter
