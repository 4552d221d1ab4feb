/** Where a server listens, as the options of a target name it. */
export interface Address {
  readonly host: string
  readonly port: number
}

const DEFAULT_PORT: Readonly<Record<string, number>> = {
  'http:': 80,
  'postgres:': 5432,
  'postgresql:': 5432,
}
const PLAIN = /^([A-Za-z0-9.-]+):(\d{1,5})$/

/**
 * The addresses that parsed options hold: URLs without encryption, `host:port`, objects with `host` and `port`; each once.
 * A URL with encryption has none: its certificate speaks for its own host alone.
 */
export const addressesOf = (options: unknown): Address[] => {
  const found = new Map<string, Address>()
  rewrite(options, (address) => {
    found.set(`${address.host}:${address.port}`, address)
    return address
  })
  return [...found.values()]
}

/** The same options with every address moved to another. */
export const movedTo = (options: unknown, to: Address): unknown => rewrite(options, () => to)

const rewrite = (value: unknown, move: (address: Address) => Address): unknown => {
  if (typeof value === 'string') return rewriteText(value, move)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((inner) => rewrite(inner, move))
  const { host, port, ...rest } = value as { host?: unknown; port?: unknown }
  const own =
    typeof host === 'string' && typeof port === 'number' ? move({ host, port }) : { host, port }
  const inner = Object.entries(rest).map(([key, part]) => [key, rewrite(part, move)])
  return Object.fromEntries([
    ...inner,
    ...Object.entries(own).filter(([, part]) => part !== undefined),
  ])
}

const rewriteText = (text: string, move: (address: Address) => Address): string => {
  const plain = PLAIN.exec(text)
  if (plain) {
    const { host, port } = move({ host: plain[1]!, port: Number(plain[2]) })
    return `${host}:${port}`
  }
  const url = URL.canParse(text) ? new URL(text) : null
  const known = url && DEFAULT_PORT[url.protocol]
  if (!url || !known || url.hostname === '') return text
  const { host, port } = move({ host: url.hostname, port: Number(url.port || known) })
  if (host === url.hostname && port === Number(url.port || known)) return text
  url.hostname = host
  url.port = String(port)
  return url.origin !== 'null' && url.pathname === '/' && !url.search ? url.origin : url.href
}
