/** The probes, in the order in which they are asked: looking first, writing next, what needs a backstage last of its kind. */
import type { Probe } from './probe.ts'
import { batchOutcomes, staleWrite } from './probes/batch.ts'
import { emailLookup } from './probes/by-email.ts'
import { fetchForbidden, fetchGone, fetchMerged, fetchOrder } from './probes/by-id.ts'
import { consentHolds, consentReversible } from './probes/consent.ts'
import { driftDelete, driftInsert, driftUpdate } from './probes/drift.ts'
import { dryConnection, sideEffects } from './probes/effects.ts'
import { fieldLengths, fieldOptions } from './probes/limits.ts'
import { lostAnswer, lostRequest, timeoutAfterApply } from './probes/lost-answer.ts'
import { markerSurvives } from './probes/marker.ts'
import { groupsChange, tagsChange } from './probes/membership.ts'
import { newOptions } from './probes/new-options.ts'
import { companiesHold } from './probes/companies.ts'
import { notesHold } from './probes/notes.ts'
import { endOfData, rowOrder, samePosition, twoReads } from './probes/paging.ts'
import { clearing, omittedStays } from './probes/patch.ts'
import { claimedRate, retryAfter } from './probes/rate.ts'
import { hiddenRemovals, removal } from './probes/removal.ts'
import { sequencesHold } from './probes/sequences.ts'
import { futureCursor, sinceBound } from './probes/since.ts'
import { equalValues, movesStamp, resolution, zone } from './probes/stamps.ts'
import { createTakenEmail, createTwice, updateToTakenEmail } from './probes/taken.ts'
import { valueRewriting } from './probes/values.ts'
import { visibilityLag } from './probes/visibility.ts'

export const PROBES: readonly Probe[] = [
  rowOrder,
  endOfData,
  samePosition,
  twoReads,
  futureCursor,
  fetchOrder,
  sinceBound,
  zone,
  resolution,
  movesStamp,
  equalValues,
  visibilityLag,
  fetchGone,
  emailLookup,
  createTakenEmail,
  createTwice,
  updateToTakenEmail,
  batchOutcomes,
  staleWrite,
  omittedStays,
  clearing,
  valueRewriting,
  fieldLengths,
  fieldOptions,
  newOptions,
  tagsChange,
  groupsChange,
  notesHold,
  consentHolds,
  consentReversible,
  markerSurvives,
  removal,
  hiddenRemovals,
  driftInsert,
  driftDelete,
  driftUpdate,
  fetchMerged,
  fetchForbidden,
  lostAnswer,
  timeoutAfterApply,
  lostRequest,
  retryAfter,
  claimedRate,
  sequencesHold,
  companiesHold,
  sideEffects,
  dryConnection,
]
