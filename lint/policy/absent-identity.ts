import type { LintContext } from '../context.js'
import { type Finding, finding } from '../finding.js'
import { mtlsOf } from '../kubernetes/peer-authentication.js'
import type { LintRule } from '../rule.js'
import { type FieldView, identityFields, type PolicyView, type RuleView } from './policy-view.js'
import { beside, isForGateway, isForSidecars } from './scope.js'

/**
 * Rules that a caller without a certificate turns round: an ALLOW rule that only says who may not,
 * and a DENY rule that names whom it is against. Neither is a mistake where mutual TLS is required.
 */
export const absentIdentity: LintRule = {
  codes: ['SL1008', 'SL1009', 'SL1010'],
  check: context =>
    context.policies
      .filter(policy => isForSidecars(policy) && !isForGateway(policy))
      .flatMap(policy => {
        const mode = mtlsMode(policy, context)
        if (mode === 'STRICT') return []
        if (policy.action === 'ALLOW') return policy.rules.flatMap(allowedWithoutIdentity)
        if (policy.action !== 'DENY' || plaintextIsDenied(policy, context)) return []
        return policy.rules.flatMap(rule => deniedByIdentity(rule, mode))
      }),
}

function mtlsMode({ resource, matchLabels }: PolicyView, context: LintContext) {
  const { peerAuthentications, mesh } = context
  const { namespace } = resource
  const question = { namespace, labels: matchLabels, rootNamespace: mesh.rootNamespace }
  return mtlsOf(peerAuthentications, question)?.mode
}

function allowedWithoutIdentity({ from, when }: RuleView): readonly Finding[] {
  if (when.some(asksForWhoCalls)) return []
  return from.flatMap(fields => {
    const negative = fields.find(field => isIdentity(field) && field.negated)
    if (negative === undefined || fields.some(asksForWhoCalls)) return []
    const names = negative.values.map(({ text }) => text).join(', ')
    const message = `everybody but ${names} is allowed, callers without a certificate too`
    return [finding('SL1008', message, negative.place)]
  })
}

function deniedByIdentity({ from, when }: RuleView, mode: string | undefined): readonly Finding[] {
  return [...from.flat(), ...when]
    .filter(field => isIdentity(field) && !field.negated)
    .slice(0, 1)
    .map(({ place, values }) => {
      const names = values.map(({ text }) => text).join(', ')
      return mode === undefined
        ? finding('SL1010', `without a certificate, ${names} is not denied`, place)
        : finding(
            'SL1009',
            `plaintext is accepted, and without a certificate ${names} is not denied`,
            place,
          )
    })
}

/** Plaintext gets nowhere when there are ALLOW policies and each rule of them asks for an identity. */
function plaintextIsDenied(policy: PolicyView, { policies, mesh }: LintContext): boolean {
  const allowing = beside(policy, policies, mesh).filter(({ action }) => action === 'ALLOW')
  return (
    allowing.length > 0 &&
    policies
      .filter(({ action }) => action === 'ALLOW')
      .every(({ rules }) => rules.every(asksForIdentity))
  )
}

function asksForIdentity({ from, when }: RuleView): boolean {
  const asks = (field: FieldView) => isIdentity(field) && !field.negated
  return when.some(asks) || (from.length > 0 && from.every(fields => fields.some(asks)))
}

/** Asks for something about the caller that somebody else cannot claim as easily. */
function asksForWhoCalls({ name, negated }: FieldView): boolean {
  return (
    !negated &&
    (identityFields.includes(name) ||
      /^(?:requestPrincipals|ipBlocks|remoteIpBlocks|request\.auth\.)/.test(name))
  )
}

function isIdentity({ name }: FieldView): boolean {
  return identityFields.includes(name)
}
