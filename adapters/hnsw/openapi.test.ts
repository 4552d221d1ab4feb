import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OPENAPI } from './openapi.ts'
import { ROUTES } from './routes.ts'
import { withService } from './service.fixture.ts'

test('the description has every route and no other', () => {
  const described = Object.entries(OPENAPI.paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((key) => key !== 'parameters')
      .map((method) => `${method.toUpperCase()} ${path.replace('{name}', 'NAME')}`),
  )
  assert.deepEqual(described.sort(), Object.keys(ROUTES).sort())
})

test('it is JSON that stands by itself: every reference leads somewhere in it', () =>
  withService(async (ask) => {
    const { json } = await ask('GET', '/openapi.json')
    assert.deepEqual(json, JSON.parse(JSON.stringify(OPENAPI)))
    const references = [...JSON.stringify(json).matchAll(/"\$ref":"#\/([^"]+)"/g)]
    assert.ok(references.length > 0)
    for (const [, path] of references) {
      const found = path!.split('/').reduce((at, key) => at?.[key], json)
      assert.ok(found, path)
    }
    const upsert = json.paths['/collections/{name}/upsert'].post
    assert.deepEqual(Object.keys(upsert.requestBody.content), [
      'application/json',
      'application/octet-stream',
    ])
    const { 503: starts } = json.paths['/readyz'].get.responses
    assert.deepEqual(
      starts.content['application/json'].schema.anyOf.map(
        ({ properties }: { properties: object }) => Object.keys(properties)[0],
      ),
      ['ready', 'error'],
    )
    const { description } = json.components.responses.Error
    for (const status of [400, 401, 404, 405, 408, 409, 413, 417, 429, 431, 500, 503, 507]) {
      assert.match(description, new RegExp(`\\b${status}\\b`))
    }
    const created = json.paths['/collections/{name}'].put.requestBody.content['application/json']
    assert.deepEqual(created.schema.required, ['dimensions', 'metric'], 'the rest has defaults')
    assert.deepEqual(created.schema.properties.alpha, { type: 'number', minimum: 1, maximum: 2 })
  }))
