/* The page of the report, which make builds from analysis/web/; empty if it could not. */
#ifndef ANALYSIS_PAGE_H
#define ANALYSIS_PAGE_H

extern const char ana_page[], ana_page_end[];

#endif
