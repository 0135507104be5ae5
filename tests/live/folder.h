/* A folder of a test, and its end. */
#ifndef TESTS_LIVE_FOLDER_H
#define TESTS_LIVE_FOLDER_H

char *folder_make(void); /* to be freed */
void folder_end(const char *folder);

#endif
