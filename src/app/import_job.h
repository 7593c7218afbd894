/* Imports that are jobs (app/jobs.h): what was chosen for an upload, as the job keeps it. */
#ifndef PN_APP_IMPORT_JOB_H
#define PN_APP_IMPORT_JOB_H

#include "app/import.h"

/* JSON, on the arena; of the request without its file. */
pn_str pn_import_job_json(const pn_import_request *request, pn_arena *arena);

#endif
