/* The page of the report, as make built it of analysis/web/; empty where it could not. */
#ifndef ANALYSIS_PAGE_H
#define ANALYSIS_PAGE_H

extern const char ana_page[], ana_page_end[];

#endif
