import { refused } from './refused.ts'
import { servedAs } from './request.ts'
import { type Matched, ROUTES } from './routes.ts'

/** The methods of every path of a route. */
const METHODS = new Map<string, string[]>()
for (const route of Object.keys(ROUTES)) {
  const [method, path] = route.split(' ') as [string, string]
  const methods = METHODS.get(path) ?? []
  METHODS.set(path, methods)
  methods.push(method, ...(method === 'GET' ? ['HEAD'] : []))
}

/** The route of a request, or a refusal: 404, or 405 with the methods that the path has. */
export const match = (method: string, path: string): Matched => {
  const [root, area = '', name = '', ...verb] = path.split('/')
  const pattern = `/${[area, ...(name ? ['NAME'] : []), ...verb].join('/')}`
  const route = `${servedAs(method)} ${pattern}`
  if (root === '' && Object.hasOwn(ROUTES, route)) return { route, name: decoded(name) }
  const methods = root === '' ? METHODS.get(pattern) : undefined
  if (!methods) throw refused(404, 'no-such-route', `there is no ${method} ${path}`)
  const allow = methods.join(', ')
  throw Object.assign(refused(405, 'method', `there is no ${method} here, only ${allow}`), {
    allow,
  })
}

const decoded = (name: string): string => {
  if (!name.includes('%')) return name
  try {
    return decodeURIComponent(name)
  } catch {
    throw refused(400, 'name', 'the percent-encoding of the name is no UTF-8')
  }
}
