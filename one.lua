#!lua name=one
redis.register_function('one', function(keys, args) return 1 end)
