/* The tables of routes, one file a resource; routes.c lists them. */
#ifndef PN_HTTP_TABLES_H
#define PN_HTTP_TABLES_H

#include "http/route.h"

extern pn_route_table PN_ROUTES_CASES;
extern pn_route_table PN_ROUTES_CHANNELS;
extern pn_route_table PN_ROUTES_MAILBOXES;
extern pn_route_table PN_ROUTES_WAYS;
extern pn_route_table PN_ROUTES_LIMITS;
extern pn_route_table PN_ROUTES_COMPLAINTS;
extern pn_route_table PN_ROUTES_CONSOLE;
extern pn_route_table PN_ROUTES_CONNECTORS;
extern pn_route_table PN_ROUTES_CONTACTS;
extern pn_route_table PN_ROUTES_MANDATES;
extern pn_route_table PN_ROUTES_SEGMENTS;
extern pn_route_table PN_ROUTES_SETTINGS;
extern pn_route_table PN_ROUTES_DEALS;
extern pn_route_table PN_ROUTES_DEBTORS;
extern pn_route_table PN_ROUTES_DEBTOR_MORE;
extern pn_route_table PN_ROUTES_DOCS;
extern pn_route_table PN_ROUTES_DOCUMENTS;
extern pn_route_table PN_ROUTES_DRAFTS;
extern pn_route_table PN_ROUTES_EVENTS;
extern pn_route_table PN_ROUTES_EXPORTS;
extern pn_route_table PN_ROUTES_FIGURES;
extern pn_route_table PN_ROUTES_HEALTH;
extern pn_route_table PN_ROUTES_HOLIDAYS;
extern pn_route_table PN_ROUTES_POLICY_EXPLAIN;
extern pn_route_table PN_ROUTES_IMPORTS;
extern pn_route_table PN_ROUTES_INVOICES;
extern pn_route_table PN_ROUTES_JOBS;
extern pn_route_table PN_ROUTES_MESSAGES;
extern pn_route_table PN_ROUTES_ORGANIZATION;
extern pn_route_table PN_ROUTES_OUTBOX;
extern pn_route_table PN_ROUTES_OUTLOOK;
extern pn_route_table PN_ROUTES_PAGE;
extern pn_route_table PN_ROUTES_PAGE_DO;
extern pn_route_table PN_ROUTES_PAPERS;
extern pn_route_table PN_ROUTES_PALETTE;
extern pn_route_table PN_ROUTES_PAYMENTS;
extern pn_route_table PN_ROUTES_PROPOSALS;
extern pn_route_table PN_ROUTES_PROVIDER;
extern pn_route_table PN_ROUTES_REPORTS;
extern pn_route_table PN_ROUTES_REPORT_CAUSES;
extern pn_route_table PN_ROUTES_REPORT_ROWS;
extern pn_route_table PN_ROUTES_REPORT_MONEY;
extern pn_route_table PN_ROUTES_SANDBOX;
extern pn_route_table PN_ROUTES_STRATEGIES;
extern pn_route_table PN_ROUTES_STUDIES;
extern pn_route_table PN_ROUTES_TASKS;
extern pn_route_table PN_ROUTES_QUEUE;
extern pn_route_table PN_ROUTES_VIEWS;
extern pn_route_table PN_ROUTES_TEMPLATES;
extern pn_route_table PN_ROUTES_UNPUBLISHED;
extern pn_route_table PN_ROUTES_APPROVALS;
extern pn_route_table PN_ROUTES_ENTRANCE;
extern pn_route_table PN_ROUTES_ORGANIZATIONS;
extern pn_route_table PN_ROUTES_PROVIDERS;
extern pn_route_table PN_ROUTES_SESSION;
extern pn_route_table PN_ROUTES_UPLOADS;
extern pn_route_table PN_ROUTES_USERS;
extern pn_route_table PN_ROUTES_TRACK;
extern pn_route_table PN_ROUTES_OFFERS;
extern pn_route_table PN_ROUTES_WEBHOOKS;

#endif
