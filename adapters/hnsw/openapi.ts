import { z } from 'zod'
import { ENGINE_VERSION } from './engine/index.ts'
import { LIMITS, SCHEMAS } from './json.ts'
import { REFUSALS } from './refused.ts'

const JSON_TYPE = 'application/json'
const BINARY = 'application/octet-stream'

type Schema = Readonly<Record<string, unknown>>
type Operation = Readonly<Record<string, unknown>>

const COUNT: Schema = { type: 'integer', minimum: 0 }
const UPSERTED: Schema = {
  ...COUNT,
  description: 'Rows that were sent: of one id twice, both count.',
}
const fields = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
})
const HITS = fields({
  hits: {
    type: 'array',
    items: fields({
      id: COUNT,
      version: { type: 'integer' },
      distance: {
        type: 'number',
        description:
          'Squared Euclidean under l2, 1 − cos under cosine, minus the inner product under ip; the largest float where it is beyond the floats.',
      },
    }),
  },
})
const STARTING = fields({
  ready: { const: false },
  status: { const: 'starting' },
  step: { enum: ['reading', 'building'], description: 'Bytes of files; rows of indexes.' },
  done: COUNT,
  of: COUNT,
})
const FAULT = fields({ error: fields({ code: { type: 'string' }, message: { type: 'string' } }) })
const NUMBERS: Schema = { type: 'object', additionalProperties: { type: 'number' } }

/** Binary bodies, in words; u32, i32 and f32 are little-endian and packed. wire.ts writes and reads them. */
const PACKED = {
  rows: 'u32 n, u32 dimensions, u32 ids[n], i32 versions[n], f32 vectors[n · dimensions]',
  ids: 'u32 ids[n]',
  query: 'u32 k, u32 ef (0: the collection’s own), f32 vector[dimensions]',
  hits: 'u32 n, u32 ids[n], i32 versions[n], f32 distances[n]',
} as const

const content = (schema: Schema, packed?: keyof typeof PACKED) => ({
  [JSON_TYPE]: { schema },
  ...(packed && {
    [BINARY]: { schema: { type: 'string', format: 'binary', description: PACKED[packed] } },
  }),
})
const takes = (name: keyof typeof SCHEMAS, packed?: keyof typeof PACKED) => ({
  requestBody: {
    required: true,
    content: content(z.toJSONSchema(SCHEMAS[name], { io: 'input' }), packed),
  },
})
const ERROR = { $ref: '#/components/responses/Error' }
const gives = (summary: string, schema: Schema, more: object = {}): Operation => ({
  summary,
  responses: { 200: { description: summary, content: content(schema) }, default: ERROR },
  ...more,
})
const givesHits = (summary: string, body: object): Operation => ({
  summary,
  responses: { 200: { description: summary, content: content(HITS, 'hits') }, default: ERROR },
  ...body,
})
const FREELY = { security: [] }

/** One operation a route; NAME is a collection or an alias. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET /': gives(
    'Who answers, and when a write counts as durable',
    fields({
      name: { type: 'string' },
      version: { type: 'string' },
      pid: COUNT,
      durability: { type: 'string' },
      threads: { ...COUNT, description: 'That search beside the one that has the connections.' },
    }),
  ),
  'GET /healthz': gives('The process lives', fields({ alive: { type: 'boolean' } }), FREELY),
  'GET /readyz': {
    ...gives('Requests are taken', fields({ ready: { type: 'boolean' } }), FREELY),
    responses: {
      200: { description: 'They are', content: content(fields({ ready: { type: 'boolean' } })) },
      503: {
        description: 'The server starts, and how far it is; or it stops',
        content: content({ anyOf: [STARTING, FAULT] }),
      },
      default: ERROR,
    },
  },
  'GET /metrics': {
    summary: 'What Prometheus reads',
    responses: {
      200: { description: 'Text format 0.0.4', content: { 'text/plain': {} } },
      default: ERROR,
    },
  },
  'GET /openapi.json': gives('This description', { type: 'object' }),
  'POST /checkpoint': gives('Folds the log into snapshots', { type: 'object' }),
  'GET /collections': gives(
    'Names of collections; aliases with what they stand for',
    fields({
      collections: { type: 'array', items: { type: 'string' } },
      aliases: { type: 'object', additionalProperties: { type: 'string' } },
    }),
  ),
  'PUT /collections/NAME': gives(
    'Creates a collection, or finds it there with the same options',
    fields({ created: { type: 'boolean' } }),
    takes('collection'),
  ),
  'GET /collections/NAME': gives('Its options and its count of rows', { type: 'object' }),
  'DELETE /collections/NAME': gives(
    'Drops a collection with its aliases, or an alias alone',
    fields({ dropped: { type: 'string' } }),
  ),
  'POST /collections/NAME/upsert': gives(
    'Stores rows, all or none; answered, they are searchable',
    fields({ upserted: UPSERTED }),
    takes('rows', 'rows'),
  ),
  'POST /collections/NAME/bulk': gives(
    'Stores many rows, with turns for other requests, which may see part of them',
    fields({ upserted: UPSERTED }),
    takes('rows', 'rows'),
  ),
  'POST /collections/NAME/delete': gives(
    'Deletes rows; ids that are not there are passed over',
    fields({ deleted: COUNT }),
    takes('ids', 'ids'),
  ),
  'POST /collections/NAME/clear': gives('Deletes every row', fields({ deleted: COUNT })),
  'POST /collections/NAME/get': givesHits(
    'Versions of those rows that are there',
    takes('ids', 'ids'),
  ),
  'POST /collections/NAME/search': givesHits(
    'The k nearest rows, by the graph',
    takes('query', 'query'),
  ),
  'POST /collections/NAME/exact': givesHits(
    'The k nearest rows, by measuring every one',
    takes('query', 'query'),
  ),
  'GET /collections/NAME/count': gives('Rows', fields({ count: COUNT })),
  'GET /collections/NAME/stats': gives('Rows, tombstones, bytes, compactions', NUMBERS),
  'GET /collections/NAME/shape': gives('Mean degree, unreachable rows: walks every link', NUMBERS),
  'POST /collections/NAME/compact': gives(
    'Takes the tombstones out, then gives the stats',
    NUMBERS,
  ),
  'PUT /aliases/NAME': gives(
    'Points an alias at a collection, in one step',
    fields({ alias: { type: 'string' }, collection: { type: 'string' } }),
    takes('alias'),
  ),
}

const NAME = {
  name: 'name',
  in: 'path',
  required: true,
  schema: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,62}$' },
}

const pathsOf = (operations: typeof OPERATIONS) => {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [route, operation] of Object.entries(operations)) {
    const [method, path] = route.split(' ') as [string, string]
    const at = path.replace('NAME', '{name}')
    paths[at] ??= at === path ? {} : { parameters: [NAME] }
    paths[at][method.toLowerCase()] = operation
  }
  return paths
}

const refusals = Object.entries(REFUSALS)
  .map(([status, why]) => `${status} ${why}`)
  .join(', ')

/** What GET /openapi.json gives: OpenAPI 3.1. */
export const OPENAPI = {
  openapi: '3.1.0',
  info: {
    title: 'driftmark-hnsw',
    version: ENGINE_VERSION,
    description: `JSON for people, packed binary bodies for machines. Whatever GET gives, HEAD tells without its body. Limits: ${Object.entries(
      LIMITS,
    )
      .map(([what, most]) => `${what} ${most}`)
      .join(', ')}.`,
  },
  security: [{}, { token: [] }],
  paths: pathsOf(OPERATIONS),
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    responses: {
      Error: {
        description: `Refused: nothing was applied. ${refusals}. 500: the fault of the server.`,
        content: content(FAULT),
      },
    },
  },
} as const
