import type { Findings, Manifest, Q, Scenario, Scope, Visibility } from '../harness/model/index.ts'
import type { ReportInput } from './input.ts'

const q = (p50: number, p99: number | null, n = 500): Q => ({
  n,
  p50,
  p90: p50 * 2,
  p99,
  p999: null,
  max: p99 === null ? p50 * 3 : p99 * 1.5,
  ci95: { p99: [p99 === null ? null : p99 * 0.8, p99 === null ? null : p99 * 1.3] },
})

const visibility = (scale: number): Visibility => ({
  label: 'searchable',
  probed: 500,
  ineligible: 3,
  seen: 499,
  neverSeen: 1,
  notObserved: 0,
  superseded: 0,
  lost: 0,
  flicker: 2,
  storedNotFound: 1,
  lower: q(2 * scale, 18 * scale),
  upper: q(3 * scale, 22 * scale),
  stableSince: { lower: q(2, 20), upper: q(3, 25) },
  firstVisibleToExact: null,
  probes: { sent: 1720, share: 0.31, skippedForTokens: 12 },
  curve: Array.from({ length: 60 }, (_, i) => {
    const ms = scale * 0.5 * 1.1 ** i
    const at = (t: number) => 1 - 1 / (1 + (t / (3 * scale)) ** 2)
    return [ms, at(ms * 0.8), at(ms * 1.2)] as const
  }).map(([ms, upper, lower]) => [ms, lower, upper] as const),
})

const scope = (scale: number): Scope => ({
  latency: {
    search: { response: q(1.2 * scale, 7 * scale), service: q(1.1 * scale, 6.8 * scale) },
    upsert: { response: q(2.2 * scale, 17 * scale), service: q(2.1 * scale, 16 * scale) },
    delete: { response: q(0.4, Number.POSITIVE_INFINITY), service: q(0.4, 3) },
  },
  ingestToSearchable: visibility(scale),
  updateToVisible: null,
  deleteToInvisible: {
    probed: 120,
    notFindableBefore: 4,
    returnedAfter: 10,
    proven: false,
    lower: q(1, null, 100),
    upper: q(2, null, 100),
  },
  ghosts: 2,
  stale: 0,
  recall: {
    live: { low: 0.931, high: 0.9405, searches: 3000, short: 3 },
    bins: Array.from({ length: 30 }, (_, i) => ({
      t: i,
      turnover: i / 20,
      low: 0.95 - i * 0.001 * scale - 0.004 * Math.sin(i * 2.3),
      high: 0.958 - i * 0.001 * scale - 0.003 * Math.sin(i * 2.3),
      searches: 100,
    })),
    checkpoints: [0.5, 1, 1.5].map((turnover, i) => ({
      t: turnover * 20,
      turnover,
      low: 0.945 - i * 0.01 * scale,
      high: 0.945 - i * 0.01 * scale,
      unanswered: 0,
      rebuild: i === 2 ? { value: 0.951, low: 0.948, high: 0.954 } : null,
      searches: 300,
    })),
    byEffort: [20, 40, 80].map((effort, i) => ({
      effort,
      low: 0.9 + i * 0.04 - (scale - 1) * 0.02,
      high: 0.91 + i * 0.04 - (scale - 1) * 0.02,
      ci95: [null, null] as const,
      searches: 600,
      response: q(scale * (1 + i), scale * (4 + i)),
    })),
    atRecall: [
      { recall: 0.9, effort: 20, low: 0.9, high: 0.91, response: q(scale, scale * 4) },
      { recall: 0.99, effort: null, low: null, high: null, response: null },
    ],
    byAge: [
      [0, 0.01, 40, 0.4],
      [0.01, 0.1, 300, 0.9],
      [1, 10, 9000, 0.96],
      [null, null, 20000, 0.97],
    ].map(([from, to, neighbours, value]) => {
      const ends = { low: value! - 0.01 * scale, high: value! }
      const ci95 = [ends.low - 0.01, ends.high + 0.01] as const
      const group = { ...ends, searches: 90, ci95 }
      const halves = [ends, ends] as const
      return {
        from: from!,
        to: to!,
        neighbours: neighbours!,
        ...ends,
        ci95,
        halves,
        nearest: group,
      }
    }),
    byArrival: {
      measured: 512,
      far: 0.04,
      ratio: { p50: 1.1, p99: 3.2 },
      preloaded: { low: 0.95, high: 0.96, searches: 2000, ci95: [0.94, 0.97] },
      near: { low: 0.94, high: 0.96, searches: 900, ci95: [0.93, 0.97] },
      distant: { low: 0.6, high: 0.61, searches: 90, ci95: [null, null] },
    },
  },
  answerQuality: null,
  loss: {
    notYetVisible: { low: 0.002, high: 0.006, ci95: [0.001, 0.008] },
    lost: 0.001,
    crowdedOut: 0.001,
    short: 0.004 * scale,
    index: 0.02 * scale,
    undecided: 0.0095,
  },
  drift: {
    slopePerTurnover: { value: -0.012, low: -0.02, high: -0.004 },
    versusRebuild: { value: -0.026, low: -0.03, high: -0.021 },
    sinceStart: { value: null, low: null, high: null },
    worstBin: { t: 22, low: 0.91, high: 0.92 },
    recovered: null,
    note: null,
  },
  backlog: {
    max: 31,
    end: 4,
    slope: { value: 0.01, low: -0.1, high: 0.1 },
    curve: Array.from({ length: 30 }, (_, i) => [i, 2 + (i % 7), 5 * scale + (i % 9)] as const),
  },
})

/** Findings of a run that never was: every part of a page is there, and every foreign string is hostile. */
export const sampleInput = (target: string, scale: number): ReportInput => {
  const hostile = `<script>alert("${target}")</script>`
  const whole = scope(scale)
  const findings: Findings = {
    format: 'driftmark-findings/1',
    run: {
      id: `sample-${target}`,
      scenario: 'delete-heavy',
      target,
      seed: 1,
      trace: `sha256:${'0123456789abcdef'.repeat(4)}`,
      driver: 'embedded',
      started: '2026-01-31T10:00:00.000Z',
      seconds: 30,
      engine: { version: hostile, ef: 64 },
    },
    verdict: scale > 1 ? 'fail' : 'pass',
    validity: {
      valid: true,
      reasons: [],
      labels: scale > 1 ? [{ code: 'FIRST_SEEN', text: `2 rows flickered ${hostile}` }] : [],
      lateness: q(0.02, 0.3),
      exactScan: false,
      offered: {
        search: { offered: 3000, ok: 2990, fail: 4, unknown: 6, skipped: 0 },
        upsert: { offered: 3000, ok: 3000, fail: 0, unknown: 0, skipped: 0 },
        probe: { offered: 20000, ok: 1720, fail: 0, unknown: 0, skipped: 18280 },
      },
    },
    latencyOverTime: Array.from({ length: 30 }, (_, t) =>
      ['search', 'upsert', 'delete'].map((kind) => ({
        t,
        kind,
        n: 100,
        p50: scale * (1 + 0.2 * Math.sin(t)),
        p99: scale * (6 + 5 * Math.abs(Math.sin(t / 3))),
        max: scale * 20,
      })),
    ).flat(),
    engineOverTime: {
      series: [
        {
          name: 'rows_live',
          points: Array.from({ length: 25 }, (_, t) => [5 + t, 4000 + t] as const),
        },
        {
          name: 'rows_dead',
          points: Array.from({ length: 25 }, (_, t) => [5 + t, t < 15 ? t * 20 : 0] as const),
        },
        { name: hostile, points: [[5, 0] as const, [25, 1200] as const] },
      ],
      steady: { segments: 1 },
      controls: [
        { action: 'compact', due: 15, sent: 15.01, done: 19.5, outcome: 'ok' },
        { action: 'swap', due: 24, sent: null, done: null, outcome: 'skipped' },
      ],
    },
    ...whole,
    phases: [
      { name: 'warm-up', measured: false, from: 0, to: 5, ...whole },
      { name: 'churn', measured: true, from: 5, to: 30, ...whole },
    ],
    checks: [
      {
        limit: 'ingestToSearchable.upper.p99 <= 100ms',
        value: 22 * scale,
        low: 18 * scale,
        high: 30 * scale,
        outcome: scale > 1 ? 'fail' : 'pass',
      },
    ],
  }
  const manifest: Manifest = {
    format: 'driftmark-run/1',
    id: findings.run.id,
    scenario: {
      name: 'delete-heavy',
      about: `Half of the writes are deletes. ${hostile}`,
    } as Scenario,
    seed: 1,
    trace: findings.run.trace,
    dataset: { name: 'clustered', fingerprint: `sha256:${'f'.repeat(64)}` },
    target: { label: target, adapter: target, inProcess: false, launched: true },
    engine: findings.run.engine,
    capabilities: ['get', 'exact', 'count'],
    preloadedBy: 'bulkLoad',
    driver: 'embedded',
    started: findings.run.started,
    command: `driftmark run scenarios/delete-heavy.yaml --target ${target} # ${hostile}`,
    versions: { driftmark: '0.1.0', node: '24.0.0' },
    host: { platform: 'linux x64', cpu: 'A processor', cores: 2, memoryBytes: 8 * 2 ** 30 },
    calibration: null,
  }
  return { findings, manifest }
}
