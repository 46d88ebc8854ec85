#ifndef STYLE_H
#define STYLE_H

/* The page's style sheet: light and dark, narrow screens, paper. */
extern const char style_sheet[];

#endif
