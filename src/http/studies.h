/* What simulations and forecasts look like in answers; the routes are route_studies.c's. */
#ifndef PN_HTTP_STUDIES_H
#define PN_HTTP_STUDIES_H

#include "http/route.h"

extern const pn_schema_object PN_SIMULATION_ROW, PN_SIMULATION, PN_SIMULATION_MESSAGE;
extern const pn_schema_object PN_FORECAST_ROW, PN_FORECAST;

#endif
