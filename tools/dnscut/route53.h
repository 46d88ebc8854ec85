#ifndef ROUTE53_H
#define ROUTE53_H

struct provider;

/* Amazon Route 53 (docs.aws.amazon.com/Route53/latest/APIReference): a batch of
 * changes is all or nothing, and what it deletes must be exactly there. */
extern const struct provider route53_provider;

#endif
